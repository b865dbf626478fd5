"""A run in pictures, by matplotlib: units on the axes, intervals drawn, a colour for each tier.

Each plot takes the Axes that it draws on, or makes new ones, and returns them; none shows a window.
"""
