package io.waybill.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * One side of the comparison: its process, its topic, and the books of what it was given and what
 * it sent.
 */
final class Side {
  /** The rate that the first load is made for. */
  private static final double FIRST_GUESS = 16_000;

  /** A window in which the machine stood still must not leave the next one without work. */
  private static final double LEAST_RATE = 1_000;

  /** Sends under way at a stop may be lost from the books; more would be another benchmark. */
  private static final double LEAST_RECORDED = 0.8;

  private final String name;
  private final Child child;
  private final Writer writer;
  private final LongSupplier recorded;
  private final LongSupplier repeated;
  private long produced;
  private long received;
  private long known;
  private double perSecond = FIRST_GUESS;

  private Side(
      String name, Child child, Writer writer, LongSupplier recorded, LongSupplier repeated) {
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
  static Side sender(Lab lab, Options options, int inFlight) {
    Child child =
        lab.startSubject(
            "sender",
            SenderMain.class,
            lab.bootstrapServers(),
            lab.registryUrl(),
            lab.keyset().toString(),
            Integer.toString(inFlight),
            Integer.toString(options.destinations()));
    return new Side("sender", child, lab::task, lab::delivered, lab::deliveredAgain);
  }

  /** The bare loop, likewise. */
  static Side bareLoop(Lab lab, int inFlight) {
    List<String> args =
        new ArrayList<>(
            List.of(lab.bootstrapServers(), Lab.BARE_TOPIC, Integer.toString(inFlight)));
    lab.ports().forEach(port -> args.add(port.toString()));
    Child child = lab.startSubject("bare-loop", BareLoopMain.class, args.toArray(new String[0]));
    return new Side(
        "bare loop",
        child,
        lab::bare,
        () -> lab.committed(BareLoop.GROUP, Lab.BARE_TOPIC),
        () -> 0);
  }

  String name() {
    return name;
  }

  Child child() {
    return child;
  }

  /**
   * Writes what is missing of a load, before anybody looks at a clock.
   *
   * @param seconds at the rate of the last window
   */
  void topUp(double seconds, Options options) {
    // Half as much again: it must not run dry when a round is faster than those before.
    long wanted = (long) (1.5 * perSecond * seconds);
    long missing = wanted - (produced - known);
    List<Future<RecordMetadata>> writes = new ArrayList<>();
    for (long i = 0; i < missing; i++) {
      int destination = (int) (produced % options.destinations());
      byte[] payload = Traffic.payload(Receiver.nowMicros(), options.payloadBytes());
      writes.add(writer.write(destination, payload));
      produced++;
    }
    Lab.written(writes);
  }

  /**
   * Closes the books on a window.
   *
   * @param requests that the receivers got from start to stop
   * @throws BenchException when the work ran out, or what was recorded is not what was sent
   */
  void sent(long requests, Window window) {
    received += requests;
    perSecond = Math.max(LEAST_RATE, window.perSecond());
    known = recorded.getAsLong();
    if (produced == known) {
      throw new BenchException(
          name + " ran out of work before the window ended; run it again with more --seconds");
    }
    if (known > received || known < received * LEAST_RECORDED) {
      throw new BenchException(
          "the %s has recorded %d sends (%d of a task that had one before), and the receivers got"
                  .formatted(name, known, repeated.getAsLong())
              + " %d requests: what was measured is not what it is for".formatted(received));
    }
  }

  /** How many of its sends it has not recorded, and so made or will make twice. */
  String unrecorded() {
    return "%s: %d of %d sends were not recorded at a stop"
        .formatted(name, received - known, received);
  }
}
