/*
 * Hot loops are plain C that the compiler vectorises, built twice: for processors with AVX2 and FMA, and for any
 * x86-64; the right one is chosen when the library is loaded. Elsewhere, and under a sanitizer (whose run-time is not
 * ready when the choice is made), there is one build.
 *
 * Both give the same bits as long as every operation is written out, fma() included, and the order of additions is
 * fixed by MI_LANES. Wider vectors (AVX-512) were measured slower on these loops.
 */
#ifndef MI_VECTOR_H
#define MI_VECTOR_H

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
	!defined(__SANITIZE_THREAD__)
#define MI_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define MI_VECTOR_CLONES
#endif

#define MI_ALWAYS_INLINE static inline __attribute__((always_inline))

/* Independent sums in a dot product: a multiple of any vector width, and enough to hide the latency of an addition. */
#define MI_LANES 8

#endif
