"""The version. Written here, and read by the build from here: asking the installed package takes 40 ms."""

VERSION = "0.1.0"
