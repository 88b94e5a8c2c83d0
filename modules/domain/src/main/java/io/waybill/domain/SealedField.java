package io.waybill.domain;

import java.util.Arrays;

/**
 * One credential, sealed (AES-256-GCM) before it was first published and opened only inside a
 * channel.
 *
 * @param name what the seal is bound to beside organization and destination: {@code
 *     webhook.headers.authorization}
 * @param ciphertext what the seal made of it; not copied
 * @param fingerprint a short keyed hash by which two values can be told apart without being known
 * @param binding what else the seal is bound to: {@link #TO_FIELD}, {@link #TO_PLACE}, or a form of
 *     a newer version. Said beside the ciphertext and true of it: with another one it does not open
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record SealedField(String name, byte[] ciphertext, String fingerprint, int binding) {
  /** To nothing else, as the first seals were. */
  public static final int TO_FIELD = 0;

  /** To the place where it may be sent, {@link DestinationConfig#credentialsGoTo}. */
  public static final int TO_PLACE = 1;

  /** As seals are made now. */
  public SealedField(String name, byte[] ciphertext, String fingerprint) {
    this(name, ciphertext, fingerprint, TO_PLACE);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SealedField that
        && name.equals(that.name)
        && Arrays.equals(ciphertext, that.ciphertext)
        && fingerprint.equals(that.fingerprint)
        && binding == that.binding;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + Arrays.hashCode(ciphertext)) + binding;
  }

  @Override
  public String toString() {
    return "SealedField[" + name + ", " + fingerprint + "]";
  }
}
