/**
 * The timer: holds every task that waits for a due time (a retry, a Retry-After, an open breaker, a
 * requested delivery time) and puts it back on the tasks topic of its type when the time has come,
 * never before.
 *
 * <p>A Kafka Streams topology with one sub-topology per destination type. It looks at the control
 * topic when a task is due, so that cancelled deliveries end here and what is paused waits here. It
 * knows nothing of destinations, channels or status.
 */
@NullMarked
package io.waybill.timer;

import org.jspecify.annotations.NullMarked;
