autocmd BufNewFile,BufRead *.wan setfiletype wan
