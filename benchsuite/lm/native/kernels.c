/* Which sources this library is made of: their SHA-256, which the build tells. */

const char kernels[] = KERNELS;
