"""What the product costs and bears: real servers, candidates over HTTP, every acknowledged answer looked up after.

`make load` plays many candidates for minutes, `make bench` prints in two what a change has cost. Nothing here is
imported by the product; the counting is switched on by the settings module that only these runs name.
"""
