/**
 * Fan-out: turns each record of the requests topic into exactly one of accepted (with one task per
 * destination), rejected or duplicate. A Kafka Streams topology with exactly-once processing, whose
 * decisions (content hash, which claims a request needs, what its destinations resolve to, which
 * tasks it becomes) are plain classes without Kafka.
 *
 * <p>Nothing here opens a connection, knows a credential or sends anything. Bad input of any kind
 * becomes a value and ends as a dead letter; only a registry that stays unreachable stops a thread.
 */
@NullMarked
package io.waybill.fanout;

import org.jspecify.annotations.NullMarked;
