import { setUpFilters } from './site/filters.js';
import { setUpLive } from './site/live.js';
import { setUpCopyButtons } from './copy.js';
import { setUpTheme } from './theme.js';

/** What runs on a page over many runs. Everything on it can be read without. */
setUpTheme();
setUpCopyButtons();
setUpFilters();
setUpLive();
document.documentElement.dataset['ready'] = 'true';
