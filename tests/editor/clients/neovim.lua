-- What Neovim does with the language server, as its user would: run after the file is open, writes JSON.
--
-- WAN_SEEN is the file to write. The steps are those of tests/editor/clients/test_neovim.py.
local seen = {}
local PATIENCE_MS = 40000

local function waits(what, found)
  local ok = vim.wait(what == "a client" and 3 * PATIENCE_MS or PATIENCE_MS, found, 20)
  if not ok then
    error("nothing was seen of: " .. what)
  end
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
end

local function place(word, after)
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  for number, line in ipairs(lines) do
    local start = line:find(word, 1, true)
    if start then
      vim.api.nvim_win_set_cursor(0, { number, start - 1 + (after or 0) })
      return number, start
    end
  end
  error("no " .. word)
end

local function floating()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      return window
    end
  end
end

local function codes()
  return vim.tbl_map(function(each) return each.code end, vim.diagnostic.get(0))
end

local function has(code)
  return function() return vim.list_contains(codes(), code) end
end

-- The code action of a title, as a choice in the menu would take it.
local function take(title)
  local before = text()
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action) return action.title:find(title, 1, true) ~= nil end,
  })
  waits("the code action " .. title, function() return text() ~= before end)
end

local steps = {}

function steps.diagnostics()
  waits("WAN207", has("WAN207"))
  local found = vim.tbl_filter(function(each) return each.code == "WAN207" end, vim.diagnostic.get(0))[1]
  return { message = found.message, line = found.lnum + 1, column = found.col + 1, source = found.source }
end

function steps.code_action()
  place("lightx2v_hgih")
  take("lightx2v_high")
  waits("the end of WAN207", function() return not has("WAN207")() end)
  return text()
end

function steps.hover()
  place("5s")
  vim.lsp.buf.hover()
  waits("a hover", floating)
  local window = floating()
  local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
  vim.api.nvim_win_close(window, true)
  return table.concat(lines, "\n")
end

function steps.hints()
  vim.lsp.inlay_hint.enable(true, { bufnr = 0 })
  waits("hints", function() return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0 end)
  return vim.tbl_map(function(each)
    local label = each.inlay_hint.label
    if type(label) == "table" then
      label = table.concat(vim.tbl_map(function(part) return part.value end, label))
    end
    return { line = each.inlay_hint.position.line + 1, label = label }
  end, vim.lsp.inlay_hint.get({ bufnr = 0 }))
end

-- Without a screen there is no menu, so this asks as `vim.lsp.completion` does.
function steps.completion()
  local before = text()
  local number = place("sampler = euler/simple")
  vim.api.nvim_buf_set_lines(0, number - 1, number, false, { "    samp" })
  vim.api.nvim_win_set_cursor(0, { number, 7 })
  local client = vim.lsp.get_clients({ name = "wan", bufnr = 0 })[1]
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.position.character = 8
  local answer = client:request_sync("textDocument/completion", params, PATIENCE_MS, 0)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(before, "\n"))
  return vim.tbl_map(function(each) return each.label end, answer.result.items or answer.result)
end

function steps.rename()
  place("pass low", 5)
  local before = text()
  vim.lsp.buf.rename("second")
  waits("a renaming", function() return text() ~= before end)
  return text()
end

function steps.format()
  local number = place("cfg     = 1.0")
  vim.api.nvim_buf_set_lines(0, number - 1, number, false, { "    cfg=1.0" })
  vim.lsp.buf.format({ async = false, timeout_ms = PATIENCE_MS })
  return text()
end

function steps.definition()
  place("flow   = high", 9)
  local before = vim.api.nvim_win_get_cursor(0)
  vim.lsp.buf.definition()
  waits("a definition", function() return vim.api.nvim_win_get_cursor(0)[1] ~= before[1] end)
  return vim.api.nvim_get_current_line()
end

function steps.symbols()
  vim.lsp.buf.document_symbol({
    on_list = function(list) seen.symbols_list = list.items end,
  })
  waits("symbols", function() return seen.symbols_list ~= nil end)
  local names = vim.tbl_map(function(each) return each.text end, seen.symbols_list)
  seen.symbols_list = nil
  return names
end

local ok, problem = pcall(function()
  waits("a client", function()
    local client = vim.lsp.get_clients({ name = "wan", bufnr = 0 })[1]
    return client and client.initialized
  end)
end)
if not ok then
  seen.problem = tostring(problem)
end
for _, name in ipairs(vim.split(vim.env.WAN_STEPS, " ")) do
  local done, found = pcall(steps[name])
  seen[name] = done and { found = found } or { problem = tostring(found) }
end
vim.fn.writefile({ vim.json.encode(seen) }, vim.env.WAN_SEEN)
vim.cmd("qa!")
