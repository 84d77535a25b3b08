if (!document.getElementById("sound")) { page.root.dataset.ready = "silent"; }
