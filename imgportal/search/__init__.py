"""Search over everything public: what there is to find, two engines, one page."""
