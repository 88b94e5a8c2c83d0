package io.waybill.channel.storage;

/**
 * What a clean-up came to, in numbers of objects.
 *
 * @param removed or, when it only looked, those that it would have removed
 * @param notYet of this destination, with their day still to come
 * @param held past their day, but a lock or a legal hold keeps them
 * @param others in the same folder that this destination did not write, or that say nothing of when
 *     they may be removed
 * @param failed could not be looked at or removed
 * @param unfinished uploads that nobody ended and that were aborted, or would be
 */
public record CleanUpReport(
    int removed, int notYet, int held, int others, int failed, int unfinished) {}
