package io.waybill.domain;

import java.time.Instant;

/**
 * A task that waits for a due time.
 *
 * @param dueAt never sent before this time
 * @param reason why it waits: {@link Reason#RETRY}, {@link Reason#DELIVER_AT}, ...
 */
public record ParkedTask(Task task, Instant dueAt, Reason reason) {}
