"""The daemon on the cooler, and the vision it reads photos with."""

import os

# Vision multiplies small matrices: OpenBLAS needs a hundred times the processor time of such a product to hand half of
# it to a second thread. It reads this when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
