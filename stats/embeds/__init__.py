"""Charts that other sites may show: which there are, what chooses one, and what is said
around it. The charts themselves are those of the pages.
"""
