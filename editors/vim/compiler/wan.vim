" Vim compiler file
" Compiler: wan lint

if exists('current_compiler')
  finish
endif
let current_compiler = 'wan'

CompilerSet makeprg=wan\ lint\ --output-format\ concise\ %:S
CompilerSet errorformat=%f:%l:%c:\ %t%*[a-z][%m,%-G%.%#
