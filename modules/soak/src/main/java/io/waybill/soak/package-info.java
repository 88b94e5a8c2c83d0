/**
 * The soak behind {@code bin/soak}: a whole installation under load, each part a process of its
 * own, in which processes are killed, stopped and held still, links broken and destinations dead,
 * by a schedule that a seed decides. Then everything is healed, and the guarantee checker judges
 * what the topics and the receivers have.
 *
 * <p>{@link io.waybill.soak.Soak} runs, {@link io.waybill.soak.Judge} judges, and all that they
 * share is files in one folder: so a run can be judged again. Not shipped.
 */
@NullMarked
package io.waybill.soak;

import org.jspecify.annotations.NullMarked;
