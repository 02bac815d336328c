" Vim filetype plugin
" Language: Wan

if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=:# commentstring=#\ %s
setlocal expandtab shiftwidth=4 softtabstop=4 textwidth=100
setlocal formatoptions-=t formatoptions+=croql
setlocal suffixesadd=.wan
" `gq` lays out what is selected, which has to be whole declarations.
setlocal formatprg=wan\ fmt\ -
let b:undo_ftplugin = 'setlocal comments< commentstring< expandtab< shiftwidth< softtabstop<'
      \ . ' textwidth< formatoptions< suffixesadd< formatprg<'
