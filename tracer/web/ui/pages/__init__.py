"""Handlers, one file per noun; the table names each as `noun.function`.

A handler takes a `Page`, calls casework, and answers with `show`, `go` or `file`. It holds no rule.
"""
