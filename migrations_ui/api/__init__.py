"""REST: the figures of the moves' pages, the whole report, and what these pages start; for
administrators."""
