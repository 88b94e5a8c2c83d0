/**
 * The benchmarks behind {@code bin/bench}: what Waybill costs, measured against something that
 * everybody can judge, in one run on one machine.
 *
 * <p>One JVM leads and measures; the broker, the receivers and each thing measured have a JVM of
 * their own ({@link Child}), told what to do line by line over standard input. Figures are ratios
 * within one round; what they mean is in {@code docs/benchmark.md}. Not shipped.
 */
@NullMarked
package io.waybill.bench;

import org.jspecify.annotations.NullMarked;
