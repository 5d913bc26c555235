"""Records from elsewhere come in: files are read, columns understood, rows stored by the abilities that pages use.

Nothing is stored past a register or the ability of a case, so that journal, search and `casedesk verify` hold.
"""
