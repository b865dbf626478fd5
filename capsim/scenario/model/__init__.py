"""The keys of a scenario as frozen values, and the rules that bind several of them."""
