/** Of every run of the suite: they come one after the other. */
export const RUN_ID = 'sabotage-run';
