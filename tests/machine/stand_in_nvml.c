/* NVIDIA's library (NVML) with one RTX 4090 at 300 W, for tests of what reads it through pynvml. */
#include <string.h>

typedef unsigned int u;
typedef unsigned long long ull;
struct memory { ull total, free, used; };
struct utilization { u gpu, memory; };

#define IS(name, value) int name(void *card, u *out) { *out = value; return 0; }
#define OF(name, first, second) int name(void *card, u kind, u *out) { *out = kind == 1 ? first : second; return 0; }

int nvmlInitWithFlags(u flags) { return 0; }
int nvmlShutdown(void) { return 0; }
const char *nvmlErrorString(int error) { return "Not Supported"; }
int nvmlSystemGetDriverVersion(char *text, u size) { strncpy(text, "580.95.05", size); return 0; }
int nvmlSystemGetCudaDriverVersion(int *version) { *version = 13000; return 0; }
int nvmlDeviceGetCount_v2(u *count) { *count = 1; return 0; }
int nvmlDeviceGetHandleByIndex_v2(u index, void **card) { *card = (void *)1; return 0; }
int nvmlDeviceGetName(void *card, char *text, u size) { strncpy(text, "NVIDIA GeForce RTX 4090", size); return 0; }
int nvmlDeviceGetUUID(void *card, char *text, u size) { strncpy(text, "GPU-2c1b7c43-9be8-4c2a-a5b1", size); return 0; }
int nvmlDeviceGetMemoryInfo(void *card, struct memory *out) {
    out->total = 25757220864ULL;
    out->used = 611319808ULL;
    out->free = out->total - out->used;
    return 0;
}
int nvmlDeviceGetCudaComputeCapability(void *card, int *major, int *minor) { *major = 8; *minor = 9; return 0; }
IS(nvmlDeviceGetMaxPcieLinkGeneration, 4)
IS(nvmlDeviceGetMaxPcieLinkWidth, 16)
IS(nvmlDeviceGetCurrPcieLinkGeneration, 1)
IS(nvmlDeviceGetCurrPcieLinkWidth, 16)
IS(nvmlDeviceGetPowerManagementLimit, 300000)
IS(nvmlDeviceGetPowerManagementDefaultLimit, 450000)
IS(nvmlDeviceGetPowerUsage, 21430)
IS(nvmlDeviceGetPersistenceMode, 0)
IS(nvmlDeviceGetComputeMode, 0)
IS(nvmlDeviceGetPerformanceState, 8)
OF(nvmlDeviceGetMaxClockInfo, 3120, 10501)
OF(nvmlDeviceGetClockInfo, 210, 405)
OF(nvmlDeviceGetTemperatureThreshold, 90, 99)
OF(nvmlDeviceGetTemperature, 0, 38)
int nvmlDeviceGetPowerManagementLimitConstraints(void *card, u *least, u *most) { *least = 10000; *most = 600000; return 0; }
int nvmlDeviceGetEccMode(void *card, u *now, u *next) { return 3; /* not supported */ }
int nvmlDeviceGetUtilizationRates(void *card, struct utilization *out) { out->gpu = 2; out->memory = 1; return 0; }
int nvmlDeviceGetCurrentClocksThrottleReasons(void *card, ull *out) { *out = 0x24; return 0; }
