" Vim syntax file
" Language: Wan
" Made by `make generate` from wan22dsl/editor/colours.

if exists('b:current_syntax')
  finish
endif

syntax case match
syntax sync minlines=200

syntax match wanName /\<[a-z_]\w*/
syntax match wanSocket /\<\u\w*/
syntax match wanClass /\<\u\w*\ze(/
syntax match wanClass /`\%([^`\\]\|\\.\)\+`/
syntax match wanModule /\<[a-z_]\w*\ze\.[A-Za-z_`]/
syntax match wanFunction /\<[a-z_]\w*\ze(/
syntax match wanStage /\.\@1<!\<\%(boundary\|cfg_zero_star\|combine\|combine_files\|compile_blocks\|compute_dtype\|context_windows\|decode\|decode_tiled\|easy_cache\|encode_frames\|film\|first_frame\|fp16_accumulation\|free_memory\|interpolate\|join\|last_frame\|match_color\|nag\|preview\|purge_vram\|purge_vram_aside\|resize\|rife\|sage\|save\|save_frames\|save_video\|save_webm\|save_webp\|scale\|shift\|skip\|skip_layers\|take\|torch_compile\|upscale\|video_frames\|vram_debug\|with_lora\)\>\.\@!/
syntax match wanConstant /\.\@1<!\<\%(false\|none\|null\|true\)\>/
syntax match wanLanguage /\<pipeline\ze\./
syntax match wanLanguage /\<_\>/
syntax match wanMember /\.\@1<!\.[A-Za-z_]\w*/ms=s+1
syntax match wanSampler /\<[a-z]\w*\/[a-z]\w*\>/
syntax match wanNumber /\%(\w\|[.`]\)\@1<!-\=\d\w*\%(\.\d\w*\)\=/
syntax match wanNumber /\%(\.\.\)\@<=\d\w*\%(\.\d\w*\)\=/
syntax match wanSetting /\<[A-Za-z_][A-Za-z0-9_.]*\ze\s*=[=>]\@!/
syntax match wanParameter /\<\h\w*\ze\s*:/
syntax match wanType /\%(:\s*\[*\)\@<=\%(audio\|audio_encoder\|bool\|bytes\|clip_vision\|family\|float\|flow\|fps\|frames\|image\|int\|interpolator\|lora\|model\|sampler\|seconds\|size\|steps\|text\|text_encoder\|upscaler\|vae\|video\)\>/
syntax match wanSocket /\%(:\s*\[*\)\@<=\u\w*/
syntax match wanOperator /->\|\.\.\|[=+*/-]/
syntax match wanKeyword /\<of\>\ze\s\+[0-9A-Za-z_(]/
syntax match wanKeyword /\<in\>\ze\s\+[^= \t]/
syntax match wanKeyword /\<as\>\ze\s\+[a-z_]\w*\s*$/
syntax match wanKeyword /^\s*\zswan\ze\s\+\d/
syntax match wanKeyword /^\s*\zsuse\ze\s\+["a-z_]/
syntax match wanDeclaration /\<let\ze\s\+[A-Za-z_`]/ nextgroup=wanDeclared skipwhite
syntax match wanDeclaration /^\s*\zs\%(param\|stage\)\ze\s\+[a-z_]/ nextgroup=wanDeclared skipwhite
syntax match wanDeclaration /^\s*\zsnode\ze\s\+[A-Z`]/ nextgroup=wanClass skipwhite
syntax match wanDeclaration /^\s*\zs\%(audio_encoder\|bench\|clip_vision\|family\|graph\|interpolator\|lora\|model\|note\|pass\|pipeline\|profile\|target\|test\|text_encoder\|upscaler\|vae\)\ze\s\+[a-z_]\w*\s*\%([={(]\|$\)/ nextgroup=wanDeclared skipwhite
syntax match wanDeclared /[a-z_]\w*/ contained

syntax match wanEscape /\\\%(u{\x\{1,6}}\|.\)/ contained
syntax match wanInterpolated /{[a-z_]\w*\%(\.\h\w*\)*}/ contained
syntax region wanString start=/"/ skip=/\\./ end=/"/ oneline contains=wanEscape,wanInterpolated,@Spell
syntax region wanString start=/\"""/ skip=/\\./ end=/"""/ contains=wanEscape,wanInterpolated,@Spell

syntax match wanDirective /wan:\s*\%(allow\%(-file\)\=\)\=/ contained
syntax match wanComment /#.*$/ contains=wanDirective,@Spell
syntax region wanBlock start=/{/ end=/}/ transparent fold

highlight default link wanClass Type
highlight default link wanComment Comment
highlight default link wanConstant Boolean
highlight default link wanDeclaration Structure
highlight default link wanDeclared Function
highlight default link wanDirective SpecialComment
highlight default link wanEscape SpecialChar
highlight default link wanFunction Function
highlight default link wanInterpolated Special
highlight default link wanKeyword Keyword
highlight default link wanLanguage Special
highlight default link wanModule Include
highlight default link wanNumber Number
highlight default link wanOperator Operator
highlight default link wanParameter Identifier
highlight default link wanSampler Constant
highlight default link wanSetting Identifier
highlight default link wanSocket Type
highlight default link wanStage Function
highlight default link wanString String
highlight default link wanType Type

let b:current_syntax = 'wan'
