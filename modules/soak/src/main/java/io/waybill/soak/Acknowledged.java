package io.waybill.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.checker.HistoryFiles;
import io.waybill.checker.Submitted;
import java.time.Instant;

/**
 * What the submitter's history holds beyond what the checker reads: when Kafka answered, and from
 * which partition.
 *
 * @param partition -1 when there was no acknowledgement
 */
record Acknowledged(Instant submittedAt, Instant at, int partition) {

  /** A line of the history, with these further fields. */
  static String line(Submitted submitted, Instant answeredAt, int partition) {
    String line = HistoryFiles.line(submitted);
    return line.substring(0, line.length() - 1)
        + ",\"answeredAt\":\""
        + answeredAt
        + "\",\"partition\":"
        + partition
        + "}";
  }

  static Acknowledged read(JsonNode line) {
    return new Acknowledged(
        Instant.parse(line.path("at").asText()),
        Instant.parse(line.path("answeredAt").asText()),
        line.path("partition").asInt(-1));
  }

  boolean isOne() {
    return partition >= 0;
  }
}
