package io.waybill.secrets;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;
import javax.security.auth.Destroyable;

/**
 * A credential in clear, in memory, for as short a time as can be. It prints as {@code
 * Secret[****]}, cannot be serialized, and is wiped by {@link #destroy}.
 *
 * <p>Two secrets are never {@code equal} unless they are the same object: compare values with
 * {@link #matches}, which takes the same time wherever they differ. Safe to share between threads.
 */
public final class Secret implements Destroyable {
  private final byte[] value;
  private boolean destroyed;

  private Secret(byte[] value) {
    this.value = value;
  }

  /**
   * A secret text. The string itself stays in memory until it is collected; prefer {@link
   * #of(char[])} where the source allows it.
   *
   * @throws IllegalArgumentException when it has half a surrogate pair
   */
  public static Secret of(String text) {
    return encode(CharBuffer.wrap(text));
  }

  /**
   * A secret text; the array is copied, so the caller can and should wipe it.
   *
   * @throws IllegalArgumentException when it has half a surrogate pair
   */
  public static Secret of(char[] text) {
    return encode(CharBuffer.wrap(text));
  }

  /** Secret bytes, text in UTF-8 or not; the array is copied, so the caller should wipe it. */
  public static Secret of(byte[] bytes) {
    return new Secret(bytes.clone());
  }

  /** Takes the array over without a copy: the caller keeps no reference. */
  static Secret owning(byte[] bytes) {
    return new Secret(bytes);
  }

  private static Secret encode(CharBuffer text) {
    // A buffer of our own, large enough for any text: the encoder's would be grown, which leaves
    // copies behind that nobody can wipe.
    byte[] room = new byte[Math.multiplyExact(text.remaining(), 3)];
    ByteBuffer encoded = ByteBuffer.wrap(room);
    CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
    try {
      CoderResult result = encoder.encode(text, encoded, true);
      if (result.isError()) {
        throw new IllegalArgumentException("the secret has half a surrogate pair");
      }
      return new Secret(Arrays.copyOf(room, encoded.position()));
    } finally {
      Arrays.fill(room, (byte) 0);
    }
  }

  /**
   * Lends a copy of the value (text in UTF-8) that is wiped when {@code use} returns; the result
   * must not refer to it.
   *
   * @throws IllegalStateException when destroyed
   */
  public <T> T use(Function<? super byte[], ? extends T> use) {
    byte[] copy = copy();
    try {
      return use.apply(copy);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /**
   * The value as a string, for interfaces that take nothing else. A string cannot be wiped: do not
   * keep it.
   *
   * @throws IllegalStateException when destroyed, or when the bytes are not text in UTF-8
   */
  public String reveal() {
    byte[] copy = copy();
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(copy)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("the secret is not text in UTF-8; read it as bytes");
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /**
   * Whether both hold the same value, in constant time.
   *
   * @throws IllegalStateException when either is destroyed
   */
  public boolean matches(Secret other) {
    byte[] mine = copy();
    byte[] theirs = other.copy();
    try {
      return MessageDigest.isEqual(mine, theirs);
    } finally {
      Arrays.fill(mine, (byte) 0);
      Arrays.fill(theirs, (byte) 0);
    }
  }

  /** Wipes the value; every later access fails. A second call does nothing. */
  @Override
  public synchronized void destroy() {
    Arrays.fill(value, (byte) 0);
    destroyed = true;
  }

  @Override
  public synchronized boolean isDestroyed() {
    return destroyed;
  }

  private synchronized byte[] copy() {
    if (destroyed) {
      throw new IllegalStateException("this secret was destroyed");
    }
    return value.clone();
  }

  @Override
  public String toString() {
    return "Secret[****]";
  }
}
