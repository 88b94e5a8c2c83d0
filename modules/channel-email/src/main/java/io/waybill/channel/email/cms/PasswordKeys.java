package io.waybill.channel.email.cms;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes envelopes to passwords, and keeps what it derives from them: PBKDF2 takes half a second of
 * a processor on purpose, which is right for who guesses and wrong for each mail.
 *
 * <p>Kept is the key that wraps content keys (RFC 3211), with its salt. To use it again is safe:
 * every mail has a content key of its own, wrapped under a random vector of its own, and who
 * guesses a password derives once for it whether one mail has the salt or a thousand. A salt is
 * random, belongs to one destination in one process, and is used for {@link #LIFE} at most. Safe to
 * share between threads.
 */
public final class PasswordKeys {
  /** What OWASP asks of PBKDF2 with HMAC-SHA256 (Password Storage Cheat Sheet, 2023). */
  public static final int ITERATIONS = 600_000;

  /** How long a salt is used. */
  static final Duration LIFE = Duration.ofHours(24);

  /** Most keys that are kept; a destination that is forgotten costs one derivation. */
  static final int MOST = 1_000;

  private static final int SALT_BYTES = 16;
  private static final int KEY_BITS = 256;
  private static final String HMAC = "HmacSHA256";

  /** By what a key is found: of a password nothing that it could be guessed by elsewhere. */
  private record Name(String owner, String fingerprint) {}

  private final InstantSource clock;
  private final int iterations;
  private final SecureRandom random = new SecureRandom();
  private final SecretKeySpec fingerprintKey;
  private final Map<Name, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

  /** One derivation at a time: a burst of them would leave no processor to all other mails. */
  private final ReentrantLock deriving = new ReentrantLock();

  /** Keeps nothing yet. */
  public PasswordKeys(InstantSource clock) {
    this(clock, ITERATIONS);
  }

  /**
   * With other costs.
   *
   * @param iterations of PBKDF2; fewer than {@link #ITERATIONS} are for tests alone
   */
  public PasswordKeys(InstantSource clock, int iterations) {
    this.clock = clock;
    this.iterations = iterations;
    byte[] key = new byte[32];
    random.nextBytes(key);
    this.fingerprintKey = new SecretKeySpec(key, HMAC);
  }

  /**
   * An envelope to whoever knows the password. Where no key is kept it derives one, and takes its
   * time.
   *
   * @param owner whose password it is: a destination's id
   * @param password printable ASCII
   */
  public Envelope envelope(String owner, String password) {
    Kept found = kept(new Name(owner, fingerprint(password)));
    byte[] key = found.key(password);
    return Envelope.to(() -> new PasswordRecipient(found.salt, iterations, key));
  }

  private Kept kept(Name name) {
    Instant now = clock.instant();
    synchronized (kept) {
      Kept found = kept.get(name);
      if (found != null && now.isBefore(found.until)) {
        return found;
      }
      byte[] salt = new byte[SALT_BYTES];
      random.nextBytes(salt);
      Kept fresh = new Kept(salt, now.plus(LIFE));
      kept.put(name, fresh);
      if (kept.size() > MOST) {
        Iterator<Name> eldest = kept.keySet().iterator();
        eldest.next();
        eldest.remove();
      }
      return fresh;
    }
  }

  private String fingerprint(String password) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(fingerprintKey);
      return HexFormat.of().formatHex(mac.doFinal(password.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no " + HMAC, e);
    }
  }

  private byte[] derive(String password, byte[] salt) {
    PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, KEY_BITS);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no PBKDF2", e);
    } finally {
      spec.clearPassword();
    }
  }

  /** A salt, and the key once somebody needed it. */
  private final class Kept {
    private final byte[] salt;
    private final Instant until;
    private volatile byte @Nullable [] key;

    private Kept(byte[] salt, Instant until) {
      this.salt = salt;
      this.until = until;
    }

    private byte[] key(String password) {
      byte[] derived = key;
      if (derived != null) {
        return derived;
      }
      deriving.lock();
      try {
        byte[] meanwhile = key;
        if (meanwhile != null) {
          return meanwhile;
        }
        byte[] mine = derive(password, salt);
        key = mine;
        return mine;
      } finally {
        deriving.unlock();
      }
    }
  }
}
