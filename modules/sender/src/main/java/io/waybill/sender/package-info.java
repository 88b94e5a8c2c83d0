/**
 * Sends the tasks of one destination type: reads them from Kafka, hands each to its channel, and
 * writes what came of it (events, retries, dead letters) together with the tasks' offsets in one
 * Kafka transaction per batch.
 *
 * <p>One poll thread owns the consumer, the lanes, and all that is known of offsets ({@code
 * PollLoop}, {@code Lanes}, {@code Ledger}, {@code Committer}); it waits for no send and no
 * transaction. One writer thread owns the transactional producer, and is given one batch at a time
 * ({@code WriterThread}). Attempts are chains of stages that touch no Kafka and hand immutable
 * records to the poll thread, from whatever thread the channel ends them on ({@code TaskFlow});
 * views of other topics and large payloads have a thread each ({@code CompactedFollower}, {@code
 * PayloadSource}). What an attempt decides is in pure classes.
 *
 * <p>An outcome is committed as soon as it is there, never before the record that takes its task's
 * place; the commit names which records beyond its offset are complete ({@code CommitNote}). So
 * after a crash exactly what was in flight or not yet committed is sent again.
 *
 * <p>Each destination has a lane: its waiting tasks by priority, how many attempts may be under way
 * and how many may begin per second, and a circuit breaker. Lanes take turns, so that a destination
 * that is slow or fails takes from others no more than its share. What does not fit is parked, at
 * no attempt, and comes back at slots that the destination can keep up with. A breaker outlives its
 * sender: the status topology adds up the attempts from which the next owner restores it.
 */
@NullMarked
package io.waybill.sender;

import org.jspecify.annotations.NullMarked;
