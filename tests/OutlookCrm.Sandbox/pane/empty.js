// The least an add-in can do. What it takes to get here, every add-in pays: the floor for the time a pane takes to open.
Office.onReady(() => { document.documentElement.dataset.ready = 'yes'; });
