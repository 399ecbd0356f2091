// One outlet: drawn by the server; its button opens the browser's own printing, which also keeps a page as PDF.

import "./still.js";

document.getElementById("print").addEventListener("click", () => print());
