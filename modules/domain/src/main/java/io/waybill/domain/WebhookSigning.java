package io.waybill.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the requests of a webhook destination are signed, without the secrets, which are sealed. Each
 * key has a number and its secret is sealed under that number: a rotation adds a key and gives the
 * others an end, and no stored secret has to be opened for it.
 *
 * @param keys the current one first; the others sign along until they end
 * @param overlap how long a key goes on signing when another takes its place; zero ends it at once
 */
public record WebhookSigning(List<Key> keys, Duration overlap) {
  public static final Duration DEFAULT_OVERLAP = Duration.ofHours(24);

  public WebhookSigning {
    keys = List.copyOf(keys);
  }

  /**
   * One key.
   *
   * @param number unique within the destination, never used again
   * @param publicKey {@code whpk_...}, of {@link SigningAlgorithm#V1A}
   * @param until when it stops signing; absent for the current key
   */
  public record Key(
      int number, SigningAlgorithm algorithm, Optional<String> publicKey, Optional<Instant> until) {

    /** A current key. */
    public static Key current(int number, SigningAlgorithm algorithm, Optional<String> publicKey) {
      return new Key(number, algorithm, publicKey, Optional.empty());
    }

    /** The name under which its secret is sealed. */
    public String credentialName() {
      return "webhook.signing.secrets." + number;
    }

    /** Whether it signs at this time. */
    public boolean signsAt(Instant now) {
      return until.isEmpty() || now.isBefore(until.get());
    }

    private Key endingAt(Instant end) {
      return new Key(number, algorithm, publicKey, Optional.of(end));
    }
  }

  /** One key and nothing before it. */
  public static WebhookSigning of(Key key) {
    return new WebhookSigning(List.of(key), DEFAULT_OVERLAP);
  }

  /** The key that signs without end. */
  public Key current() {
    return keys.get(0);
  }

  /** The number that the next key gets. */
  public int nextNumber() {
    return keys.stream().mapToInt(Key::number).max().orElse(0) + 1;
  }

  /** Names of the sealed secrets, in the order of the keys. */
  public List<String> credentialNames() {
    return keys.stream().map(Key::credentialName).toList();
  }

  /**
   * The same with a new current key.
   *
   * @param now from which on the key before signs for {@code newOverlap} longer; what has ended by
   *     now is left out
   */
  public WebhookSigning rotatedTo(Key key, Instant now, Duration newOverlap) {
    List<Key> rotated = new ArrayList<>(List.of(key));
    if (!newOverlap.isZero()) {
      Instant end = now.plus(newOverlap);
      Stream<Key> before =
          Stream.concat(Stream.of(current().endingAt(end)), keys.stream().skip(1))
              .filter(old -> old.signsAt(now));
      before.forEach(rotated::add);
    }
    return new WebhookSigning(rotated, overlap);
  }
}
