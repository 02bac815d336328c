"""What an editor shows of a file as it is typed: one feature, one file.

Each is a plain function of a `View` (a file as it is now) and an offset, and knows no protocol: the language
server (`editor.lsp`), the page and the canvas call the same ones. Places are code points of `View.source`.

    project = Project()
    project.open(file, text)
    view = project.view(file)
    hovers.at(view, offset)
"""
