" Vim indent file
" Language: Wan

if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=WanIndent(v:lnum) indentkeys=0{,0},0),0],!^F,o,O,0=->
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*WanIndent')
  finish
endif

" A line without its comment and with empty strings, so that brackets in them do not count.
function s:Code(lnum) abort
  let code = substitute(getline(a:lnum), '"\%([^"\\]\|\\.\)*"', '""', 'g')
  return substitute(code, '\s*\%(#.*\)\=$', '', '')
endfunction

" Whether the place is in a string or a comment.
function s:IsText(lnum, col) abort
  return synIDattr(synID(a:lnum, a:col, 1), 'name') =~# 'wan\%(String\|Comment\|Escape\|Interpolated\)'
endfunction

" The line with the bracket that is closed at the beginning of a line.
function s:Opened(lnum) abort
  call cursor(a:lnum, indent(a:lnum) + 1)
  let [opens, closes] = {')': ['(', ')'], ']': ['\[', '\]'], '}': ['{', '}']}[getline(a:lnum)[indent(a:lnum)]]
  let found = searchpair(opens, '', closes, 'bnW', 's:IsText(line("."), col("."))')
  return found > 0 ? found : a:lnum
endfunction

" Within a bracket that is open a line is one step further in; a flow that goes on is one step further too.
function WanIndent(lnum) abort
  if a:lnum > 1 && s:IsText(a:lnum, 1) && getline(a:lnum) !~# '^\s*#'
    return -1
  endif
  let here = s:Code(a:lnum)
  if here =~# '^\s*[})\]]'
    return indent(s:Opened(a:lnum))
  endif
  let above = prevnonblank(a:lnum - 1)
  while above > 0 && s:IsText(above, 1) && getline(above) !~# '^\s*#'
    let above -= 1
  endwhile
  if above == 0
    return 0
  endif
  if s:Code(above) =~# '[{(\[]$'
    return indent(above) + shiftwidth()
  endif
  let first = s:Code(above) =~# '^\s*[})\]]' ? s:Opened(above) : above
  let goes_on = s:Code(first) =~# '^\s*->'
  if here =~# '^\s*->'
    return indent(first) + (goes_on ? 0 : shiftwidth())
  endif
  return indent(first) - (goes_on ? shiftwidth() : 0)
endfunction
