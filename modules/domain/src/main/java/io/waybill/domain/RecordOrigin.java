package io.waybill.domain;

/** Where a record stands in Kafka. */
public record RecordOrigin(String topic, int partition, long offset) {
  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
