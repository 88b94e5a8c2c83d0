package io.waybill.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * One side of the comparison: its process, its topic, and the books of what it was given and what
 * it sent.
 */
final class Side {
  /** The rate that the first load is made for, and each later one at least. */
  private static final double LEAST_RATE = 16_000;

  /** Sends under way at a stop may be lost from the books; more would be another benchmark. */
  private static final double LEAST_RECORDED = 0.8;

  private final String name;
  private final Child child;
  private final Writer writer;
  private final LongSupplier recorded;
  private final LongSupplier repeated;
  private final long[] produced;
  private final long[] received;
  private long known;
  private double perSecond = LEAST_RATE;

  /**
   * The most that a destination got in any window, in shares. Partitions take turns as fetches
   * happen to come, so the next window's busiest may be one that was slow in the last.
   */
  private double busiest = 2;

  private Side(
      String name,
      Child child,
      Writer writer,
      LongSupplier recorded,
      LongSupplier repeated,
      int destinations) {
    this.produced = new long[destinations];
    this.received = new long[destinations];
    this.name = name;
    this.child = child;
    this.writer = writer;
    this.recorded = recorded;
    this.repeated = repeated;
  }

  /** Puts one record onto the side's topic. */
  private interface Writer {
    Future<RecordMetadata> write(int destination, byte[] payload);
  }

  /** The sender, with so many sends under way at most. */
  static Side sender(Lab lab, int inFlight) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                lab.bootstrapServers(),
                lab.registryUrl(),
                lab.keyset().toString(),
                Integer.toString(inFlight)));
    arguments.addAll(lab.targets().arguments());
    return new Side(
        "sender",
        lab.startSubject("sender", SenderMain.class, arguments.toArray(new String[0])),
        lab::task,
        lab::delivered,
        lab::deliveredAgain,
        lab.targets().count());
  }

  /** The bare loop, likewise. */
  static Side bareLoop(Lab lab, int inFlight) {
    lab.createBareTopic(BareLoop.TOPIC);
    List<String> arguments =
        new ArrayList<>(List.of(lab.bootstrapServers(), Integer.toString(inFlight)));
    arguments.addAll(lab.targets().arguments());
    return new Side(
        "bare loop",
        lab.startSubject("bare-loop", BareLoopMain.class, arguments.toArray(new String[0])),
        (destination, payload) -> lab.bare(BareLoop.TOPIC, destination, payload),
        () -> lab.committed(BareLoop.GROUP, BareLoop.TOPIC),
        () -> 0,
        lab.targets().count());
  }

  /** A library that does the sender's work, likewise. */
  static Side peer(Lab lab, Peer.Kind kind, int inFlight) {
    lab.createBareTopic(kind.topic());
    List<String> arguments =
        new ArrayList<>(
            List.of(
                kind.name(),
                lab.bootstrapServers(),
                lab.registryUrl(),
                Integer.toString(inFlight)));
    arguments.addAll(lab.targets().arguments());
    return new Side(
        kind.label(),
        lab.startSubject(kind.label(), PeerMain.class, arguments.toArray(new String[0])),
        (destination, payload) -> lab.bare(kind.topic(), destination, payload),
        // Both must be there for a send to be done.
        () ->
            Math.min(lab.committed(kind.group(), kind.topic()), lab.delivered(kind.organization())),
        () -> 0,
        lab.targets().count());
  }

  String name() {
    return name;
  }

  Child child() {
    return child;
  }

  /**
   * Writes what is missing of a load, before anybody looks at a clock: of each destination, for
   * some are sent to faster than others, and those would be without work in the end.
   *
   * @param seconds at the rate of the last window
   */
  void topUp(double seconds, Options options) {
    // Half as much again: it must not run dry when a round is faster than those before.
    long wanted = (long) (1.5 * busiest * perSecond * seconds / produced.length);
    List<Future<RecordMetadata>> writes = new ArrayList<>();
    for (boolean isMissing = true; isMissing; ) {
      isMissing = false;
      for (int destination = 0; destination < produced.length; destination++) {
        if (produced[destination] - received[destination] < wanted) {
          byte[] payload = Traffic.payload(Receiver.nowMicros(), options.payloadBytes());
          writes.add(writer.write(destination, payload));
          produced[destination]++;
          isMissing = true;
        }
      }
    }
    Lab.written(writes);
  }

  /**
   * Closes the books on a window.
   *
   * @param requests that the receivers got from start to stop, of each destination
   * @throws BenchException when what was recorded is not what was sent
   */
  void sent(long[] requests, Window window) {
    Arrays.setAll(received, destination -> received[destination] + requests[destination]);
    perSecond = Math.max(LEAST_RATE, window.perSecond());
    long most = Arrays.stream(requests).max().orElse(0);
    long all = Math.max(1, Arrays.stream(requests).sum());
    busiest = Math.max(busiest, (double) most * requests.length / all);
    known = recorded.getAsLong();
    long sent = sent();
    if (known > sent || known < sent * LEAST_RECORDED) {
      throw new BenchException(
          "the %s has recorded %d sends (%d of a task that had one before), and the receivers got"
                  .formatted(name, known, repeated.getAsLong())
              + " %d requests: what was measured is not what it is for".formatted(sent));
    }
  }

  /** Whether no destination's work ran out in the last window. */
  boolean hadWorkToTheEnd() {
    return withoutWork().isEmpty();
  }

  /** Fails when a destination's work ran out. */
  void requireWorkToTheEnd() {
    withoutWork()
        .ifPresent(destination -> {
          throw new BenchException(
              "%s ran out of work for destination %d before the window ended; run it again with"
                      .formatted(name, destination)
                  + " more --seconds");
        });
  }

  private OptionalInt withoutWork() {
    return IntStream.range(0, produced.length)
        .filter(destination -> produced[destination] <= received[destination])
        .findFirst();
  }

  private long sent() {
    return Arrays.stream(received).sum();
  }

  /** How many of its sends it has not recorded, and so made or will make twice. */
  String unrecorded() {
    return "%s: %d of %d sends were not recorded at a stop".formatted(name, sent() - known, sent());
  }
}
