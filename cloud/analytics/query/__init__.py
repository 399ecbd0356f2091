"""One way to ask for any KPI: which part of the shelves (scope), how it is cut, in which format the answer comes."""
