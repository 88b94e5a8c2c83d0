package io.waybill.sender;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What takes the place of a task's record: written in one transaction with its offset.
 *
 * @param bytes of all values
 * @param end what became of the task, to be counted once that is written
 */
record Settled(List<ProducerRecord<byte[], byte[]>> records, long bytes, TaskEnd end) {
  Settled {
    records = List.copyOf(records);
  }
}
