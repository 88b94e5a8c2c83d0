package io.waybill.soak;

import io.waybill.soak.Fault.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * All faults of a run, decided by the seed before anything starts. Kinds and victims come from
 * decks that are shuffled and dealt out to the end: so every run has its share of each, and a long
 * one the share that is asked for.
 */
final class Schedule {
  /** Of ten signals. */
  private static final List<Kind> SIGNALS =
      joined(List.of(times(7, Kind.KILL), times(2, Kind.TERM), times(1, Kind.STOP)));

  private static final List<String> VICTIMS =
      joined(
          List.of(
              times(3, Roster.WEBHOOK_1),
              times(
                  2,
                  Roster.BROKER,
                  Roster.FAN_OUT_1,
                  Roster.FAN_OUT_2,
                  Roster.TIMER,
                  Roster.STATUS,
                  Roster.WEBHOOK_2,
                  Roster.EMAIL,
                  Roster.STORAGE),
              times(1, Roster.REGISTRY)));

  /** With three of them one may be gone more often. */
  private static final List<String> VICTIMS_OF_THREE =
      joined(List.of(VICTIMS, times(2, Roster.BROKER)));

  private record Spoiled(String link, Kind kind) {}

  private static final List<Spoiled> LINKS =
      List.of(
          new Spoiled(Roster.MORTAL_LINK, Kind.REFUSES),
          new Spoiled(Roster.MORTAL_LINK, Kind.BLACK_HOLE),
          new Spoiled(Roster.HTTP_LINK, Kind.RESETS),
          new Spoiled(Roster.HTTP_LINK, Kind.SLOW),
          new Spoiled(Roster.HTTP_LINK, Kind.SLICES),
          new Spoiled(Roster.HTTP_LINK, Kind.BLACK_HOLE),
          new Spoiled(Roster.SMTP_LINK, Kind.RESETS),
          new Spoiled(Roster.SMTP_LINK, Kind.BLACK_HOLE),
          new Spoiled(Roster.S3_LINK, Kind.RESETS),
          new Spoiled(Roster.S3_LINK, Kind.SLICES),
          new Spoiled(Roster.KAFKA_LINK, Kind.BLACK_HOLE),
          new Spoiled(Roster.KAFKA_LINK, Kind.SLOW),
          new Spoiled(Roster.KAFKA_LINK, Kind.RESETS));

  /** For each signal to a process so many links go by: one is spoiled for every third. */
  private static final int SIGNALS_PER_LINK = 3;

  private static final Duration TWO_DOWN_EVERY = Duration.ofMinutes(5);
  private static final long MOST_AWAY_MILLIS = 3_000;
  private static final long MOST_STILL_MILLIS = 15_000;

  /** One broker of one holds everybody up, and it is the processes that are to stand still. */
  private static final long MOST_STILL_BROKER_MILLIS = 5_000;

  private static final long MOST_SPOILED_MILLIS = 12_000;

  private Schedule() {}

  /** The same for the same arguments, on every machine. */
  static List<Fault> of(long seed, Duration lasts, Duration every, int brokers) {
    List<Fault> faults = new ArrayList<>();
    Random dice = new Random(seed);
    Dealer<Kind> kinds = new Dealer<>(SIGNALS, dice);
    Dealer<String> victims = new Dealer<>(brokers == 1 ? VICTIMS : VICTIMS_OF_THREE, dice);
    long end = lasts.toMillis();
    for (long at = gap(every, dice); at < end; at += gap(every, dice)) {
      Kind kind = kinds.next();
      String victim = victims.next();
      faults.add(new Fault(0, Duration.ofMillis(at), kind, victim, lasting(kind, victim, dice)));
    }
    Dealer<Spoiled> links = new Dealer<>(LINKS, dice);
    Duration between = every.multipliedBy(SIGNALS_PER_LINK);
    for (long at = gap(between, dice); at < end; at += gap(between, dice)) {
      Spoiled next = links.next();
      faults.add(
          new Fault(
              0,
              Duration.ofMillis(at),
              next.kind(),
              next.link(),
              Duration.ofMillis(2_000 + dice.nextLong(MOST_SPOILED_MILLIS - 2_000))));
    }
    if (brokers == 3) {
      // In the middle of each period, so that a short run has one.
      long period = Math.min(TWO_DOWN_EVERY.toMillis(), end);
      for (long at = period / 2; at < end; at += period) {
        faults.add(
            new Fault(
                0,
                Duration.ofMillis(at),
                Kind.TWO_DOWN,
                Roster.TWO_BROKERS,
                Duration.ofMillis(8_000 + dice.nextLong(5_000))));
      }
    }
    return numbered(faults);
  }

  private static List<Fault> numbered(List<Fault> faults) {
    faults.sort(Comparator.comparing(Fault::at));
    List<Fault> numbered = new ArrayList<>();
    for (Fault fault : faults) {
      numbered.add(
          new Fault(numbered.size() + 1, fault.at(), fault.kind(), fault.victim(), fault.lasts()));
    }
    return List.copyOf(numbered);
  }

  private static Duration lasting(Kind kind, String victim, Random dice) {
    if (kind != Kind.STOP) {
      return Duration.ofMillis(dice.nextLong(MOST_AWAY_MILLIS));
    }
    long most = Roster.isBroker(victim) ? MOST_STILL_BROKER_MILLIS : MOST_STILL_MILLIS;
    return Duration.ofMillis(1_000 + dice.nextLong(most - 1_000));
  }

  /** Between a half of the mean and one and a half. */
  private static long gap(Duration mean, Random dice) {
    long millis = Math.max(2, mean.toMillis());
    return millis / 2 + dice.nextLong(millis);
  }

  @SafeVarargs
  private static <T> List<T> times(int count, T... cards) {
    List<T> deck = new ArrayList<>();
    for (T card : cards) {
      deck.addAll(Collections.nCopies(count, card));
    }
    return deck;
  }

  private static <T> List<T> joined(List<List<T>> decks) {
    return decks.stream().flatMap(List::stream).toList();
  }

  /** Deals a deck out, shuffles it again, and so on. */
  private static final class Dealer<T> {
    private final List<T> deck;
    private final Random dice;
    private Iterator<T> left = Collections.emptyIterator();

    Dealer(List<T> deck, Random dice) {
      this.deck = deck;
      this.dice = dice;
    }

    T next() {
      if (!left.hasNext()) {
        List<T> shuffled = new ArrayList<>(deck);
        Collections.shuffle(shuffled, dice);
        left = shuffled.iterator();
      }
      return left.next();
    }
  }
}
