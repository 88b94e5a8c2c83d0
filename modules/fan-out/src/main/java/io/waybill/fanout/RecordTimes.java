package io.waybill.fanout;

import io.waybill.wire.TopicCatalog;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A publisher's timestamp, brought into the time that can be true: a request cannot come from the
 * future and is not kept longer than its topic's retention. Also keeps such timestamps out of our
 * own records, which a broker would refuse.
 */
final class RecordTimes implements TimestampExtractor {
  private final InstantSource clock;

  RecordTimes(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return clamp(record.timestamp(), clock.instant()).toEpochMilli();
  }

  static Instant clamp(long millis, Instant now) {
    long latest = now.toEpochMilli();
    long earliest = latest - TopicCatalog.REQUEST_RETENTION.toMillis();
    return Instant.ofEpochMilli(Math.clamp(millis, earliest, latest));
  }
}
