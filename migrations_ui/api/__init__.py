"""REST: the figures of the migrations' pages, the whole report, and what these pages start; for
administrators."""
