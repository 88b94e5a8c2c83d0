package io.waybill.sender;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What takes the place of a task's record: written in one transaction with its offset.
 *
 * @param bytes of all values
 */
record Settled(List<ProducerRecord<byte[], byte[]>> records, long bytes) {
  Settled {
    records = List.copyOf(records);
  }
}
