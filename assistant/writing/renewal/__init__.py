"""A new document from last year's text: the structure stays, years and figures follow, the rest is reported."""
