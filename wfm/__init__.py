"""Workforce management for e-commerce contact centres.

``import wfm`` is cheap: it loads the standard library only. Steps load what they need when used.
"""

__version__ = "0.1.0"
