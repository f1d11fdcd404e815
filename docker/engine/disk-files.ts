/** The image file of a disk: all that the kernel tells of a loop device is this name. */
export const IMAGE = 'faultline-disk.img';
/** A file that takes all the space a disk has left. */
export const FILL = '.faultline-fill';
