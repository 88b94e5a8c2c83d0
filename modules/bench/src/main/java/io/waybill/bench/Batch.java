package io.waybill.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Lets roles work a load off and tells how long that took: from the moment when all of it is there
 * until a reader of committed records could have read its last result.
 *
 * <p>Nobody reads along, for a reader would take its share of the cores. Instead the end of what
 * can be read is asked for ten times a second; the results are read when all is over, and the
 * offset of the last one tells at which look it was there.
 */
final class Batch implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);

  /** After a start, for what a start brings. */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  /** What has not moved for so long is at its end. */
  private static final Duration QUIET = Duration.ofSeconds(2);

  private static final Duration STUCK = Duration.ofSeconds(60);

  private final Lab lab;
  private final TopicLogs logs;
  private final Child roles;
  private final String topic;
  private final RequestLoad load;
  private final CommittedReader results;

  /**
   * Of these roles, which stand still now.
   *
   * @param topic where their results are
   */
  Batch(Lab lab, TopicLogs logs, Child roles, String topic) {
    this.lab = lab;
    this.logs = logs;
    this.roles = roles;
    this.topic = topic;
    this.load = new RequestLoad(lab);
    this.results = new CommittedReader(lab, logs.of(topic));
  }

  /** Tells a result from what else is in its topic. */
  interface Books {
    /** Enters a record; answers whether it is a result that was waited for. */
    boolean isResult(ConsumerRecord<byte[], byte[]> record);
  }

  private record Look(Reading reading, Map<TopicPartition, Long> ends) {
    boolean shows(Map<TopicPartition, Long> offsets) {
      return offsets.entrySet().stream()
          .allMatch(offset -> ends.getOrDefault(offset.getKey(), 0L) > offset.getValue());
    }
  }

  /**
   * Works one load off, from a start to a stop of the roles.
   *
   * @param expected results
   * @return what happened in that time, for each result
   * @throws BenchException when there are fewer results
   */
  Window work(Stream<ProducerRecord<byte[], byte[]>> requests, long expected, Books books) {
    load.write(requests);
    roles.order(RolesMain.STARTED_WITHIN, "start");
    Pause.of(SETTLING);
    Map<TopicPartition, Long> begin = logs.readable(topic);
    results.skipTo(begin);
    Reading from = Reading.now(lab, roles);
    load.show();
    List<Look> looks = follow(sum(begin) + expected);
    roles.order(LONG, "stop");
    Map<TopicPartition, Long> last = new HashMap<>();
    long[] found = new long[1];
    results.read(
        looks.getLast().ends(),
        record -> {
          if (books.isResult(record)) {
            found[0]++;
            last.put(new TopicPartition(record.topic(), record.partition()), record.offset());
          }
        });
    if (found[0] != expected) {
      throw new BenchException(
          "of %d results that should be in %s there are %d".formatted(expected, topic, found[0]));
    }
    Look end = looks.stream().filter(look -> look.shows(last)).findFirst().orElseThrow();
    return Window.between(from, end.reading(), expected);
  }

  /** Looks until nothing more comes, and no fewer records than that are there. */
  private List<Look> follow(long least) {
    List<Look> looks = new ArrayList<>();
    long moved = System.nanoTime();
    long next = moved;
    while (true) {
      Look look = new Look(Reading.now(lab, roles), logs.readable(topic));
      // Read first, looked at then: what a look shows was there when its counters were read, or
      // came
      // in the moment between.
      if (looks.isEmpty() || !looks.getLast().ends().equals(look.ends())) {
        moved = System.nanoTime();
      }
      looks.add(look);
      long quiet = System.nanoTime() - moved;
      if (sum(look.ends()) >= least && quiet > QUIET.toNanos()) {
        return looks;
      }
      if (quiet > STUCK.toNanos()) {
        throw new BenchException(
            "nothing came to %s for %s, and %d records are missing"
                .formatted(topic, STUCK, least - sum(look.ends())));
      }
      next += LOOK_EVERY.toNanos();
      Pause.until(next);
    }
  }

  private static long sum(Map<TopicPartition, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() {
    load.close();
    results.close();
  }
}
