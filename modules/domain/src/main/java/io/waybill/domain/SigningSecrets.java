package io.waybill.domain;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The forms of signing secrets: {@code whsec_} and {@code whsk_} with base64 (Standard Webhooks),
 * or plain text for the scheme of headers. No message repeats a secret.
 */
public final class SigningSecrets {
  private SigningSecrets() {}

  public static final String INVALID_SECRET = "invalid-signing-secret";

  public static final String SYMMETRIC_PREFIX = "whsec_";
  public static final String PRIVATE_PREFIX = "whsk_";
  public static final String PUBLIC_PREFIX = "whpk_";

  /** Of a {@code whsec_} secret once decoded: 192 to 512 bits. */
  public static final int MIN_KEY_BYTES = 24;

  public static final int MAX_KEY_BYTES = 64;

  /** Of a plain secret, in characters. */
  public static final int MIN_TEXT_LENGTH = 32;

  public static final int MAX_TEXT_LENGTH = 256;

  private static final int GENERATED_BYTES = 32;
  private static final int ED25519_BYTES = 32;
  private static final Pattern TEXT = Pattern.compile("[!-~]*");

  // RFC 8410: the 32 bytes of a key are the end of its DER form, and all before them is fixed.
  private static final byte[] PKCS8_START =
      HexFormat.of().parseHex("302e020100300506032b657004220420");
  private static final byte[] SPKI_START = HexFormat.of().parseHex("302a300506032b6570032100");

  /** The algorithm that a secret of Standard Webhooks is for, by its prefix. */
  public static Optional<SigningAlgorithm> algorithmOf(String secret) {
    if (secret.startsWith(SYMMETRIC_PREFIX)) {
      return Optional.of(SigningAlgorithm.V1);
    }
    return secret.startsWith(PRIVATE_PREFIX) ? Optional.of(SigningAlgorithm.V1A) : Optional.empty();
  }

  /** All that is wrong with a secret of an algorithm. */
  public static List<FieldError> check(String field, SigningAlgorithm algorithm, String secret) {
    if (References.isIn(secret)) {
      return List.of(References.refused(field));
    }
    if (UnsetCredential.looksLike(UnsetCredential.ANY_CREDENTIAL, secret)) {
      return List.of(
          new FieldError(
              field,
              DestinationRules.CREDENTIAL_LOOKS_UNSET,
              "looks as if the variable that it is made from was not set: set it, or leave the"
                  + " field out and Waybill makes a secret"));
    }
    Optional<String> problem =
        switch (algorithm) {
          case V1 -> problemOfSymmetric(secret);
          case V1A -> problemOfPrivate(secret);
          case HEADERS -> problemOfText(secret);
        };
    return problem
        .map(words -> List.of(new FieldError(field, INVALID_SECRET, words)))
        .orElse(List.of());
  }

  private static Optional<String> problemOfSymmetric(String secret) {
    if (!secret.startsWith(SYMMETRIC_PREFIX)) {
      return Optional.of("must start with whsec_, followed by base64 of 24 to 64 random bytes");
    }
    Optional<byte[]> key = decoded(secret, SYMMETRIC_PREFIX);
    if (key.isEmpty()) {
      return Optional.of(
          "must be base64 after whsec_: the standard alphabet (A-Z a-z 0-9 + /) with = at its end"
              + " where it needs it");
    }
    int bytes = key.get().length;
    return bytes >= MIN_KEY_BYTES && bytes <= MAX_KEY_BYTES
        ? Optional.empty()
        : Optional.of(
            "holds a key of "
                + bytes
                + " bytes; 24 to 64 are allowed, which are 32 to 88 characters of base64");
  }

  private static Optional<String> problemOfPrivate(String secret) {
    Optional<byte[]> key =
        secret.startsWith(PRIVATE_PREFIX) ? decoded(secret, PRIVATE_PREFIX) : Optional.empty();
    if (key.isEmpty() || key.get().length != 2 * ED25519_BYTES) {
      return Optional.of(
          "must be whsk_ followed by base64 of 64 bytes: the seed of an Ed25519 key and its public"
              + " key");
    }
    return belongTogether(key.get())
        ? Optional.empty()
        : Optional.of("holds a public key that is not the one of its seed");
  }

  private static Optional<String> problemOfText(String secret) {
    if (algorithmOf(secret).isPresent()) {
      return Optional.of(
          "is a secret of the scheme standard-webhooks: the scheme headers takes the characters as"
              + " they are, which is not what whoever gave it out meant");
    }
    if (secret.length() < MIN_TEXT_LENGTH || secret.length() > MAX_TEXT_LENGTH) {
      return Optional.of(
          "must have "
              + MIN_TEXT_LENGTH
              + " to "
              + MAX_TEXT_LENGTH
              + " characters, not "
              + secret.length());
    }
    return TEXT.matcher(secret).matches()
        ? Optional.empty()
        : Optional.of("must be visible ASCII without blanks");
  }

  /** A new secret, from 256 random bits. */
  public static String generate(SigningAlgorithm algorithm, SecureRandom random) {
    byte[] bytes = new byte[GENERATED_BYTES];
    return switch (algorithm) {
      case V1 -> {
        random.nextBytes(bytes);
        yield SYMMETRIC_PREFIX + Base64.getEncoder().encodeToString(bytes);
      }
      case V1A -> PRIVATE_PREFIX + Base64.getEncoder().encodeToString(newKeyPair(random));
      case HEADERS -> {
        random.nextBytes(bytes);
        yield HexFormat.of().formatHex(bytes);
      }
    };
  }

  /** The bytes that a secret of {@link SigningAlgorithm#V1} or {@code HEADERS} signs with. */
  public static byte[] hmacKey(SigningAlgorithm algorithm, String secret) {
    return switch (algorithm) {
      case V1 ->
          decoded(secret, SYMMETRIC_PREFIX)
              .orElseThrow(() -> new IllegalArgumentException("not a whsec_ secret"));
      case HEADERS -> secret.getBytes(StandardCharsets.UTF_8);
      case V1A -> throw new IllegalArgumentException("v1a has no HMAC key");
    };
  }

  /** The key of a {@code whsk_} secret. */
  public static PrivateKey privateKey(String secret) {
    byte[] pair =
        decoded(secret, PRIVATE_PREFIX)
            .filter(bytes -> bytes.length == 2 * ED25519_BYTES)
            .orElseThrow(() -> new IllegalArgumentException("not a whsk_ secret"));
    return privateKey(pair);
  }

  /** The {@code whpk_} form of the public key of a {@code whsk_} secret. */
  public static String publicKeyOf(String secret) {
    byte[] pair =
        decoded(secret, PRIVATE_PREFIX)
            .filter(bytes -> bytes.length == 2 * ED25519_BYTES)
            .orElseThrow(() -> new IllegalArgumentException("not a whsk_ secret"));
    return PUBLIC_PREFIX
        + Base64.getEncoder()
            .encodeToString(Arrays.copyOfRange(pair, ED25519_BYTES, 2 * ED25519_BYTES));
  }

  /** The key of a {@code whpk_} text, or nothing when it is none. */
  public static Optional<PublicKey> publicKey(String text) {
    return text.startsWith(PUBLIC_PREFIX)
        ? decoded(text, PUBLIC_PREFIX)
            .filter(bytes -> bytes.length == ED25519_BYTES)
            .map(SigningSecrets::publicKey)
        : Optional.empty();
  }

  private static Optional<byte[]> decoded(String secret, String prefix) {
    String text = secret.substring(prefix.length());
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      // Java's decoder forgives a missing = and stray bits, over which other languages stumble.
      return Base64.getEncoder().encodeToString(bytes).equals(text)
          ? Optional.of(bytes)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] newKeyPair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, random);
      KeyPair pair = generator.generateKeyPair();
      byte[] seed = pair.getPrivate().getEncoded();
      byte[] point = pair.getPublic().getEncoded();
      byte[] both = new byte[2 * ED25519_BYTES];
      System.arraycopy(seed, seed.length - ED25519_BYTES, both, 0, ED25519_BYTES);
      System.arraycopy(point, point.length - ED25519_BYTES, both, ED25519_BYTES, ED25519_BYTES);
      return both;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no Ed25519", e);
    }
  }

  /** There is no way to ask the JDK for the public key of a seed, but its signatures tell. */
  private static boolean belongTogether(byte[] pair) {
    try {
      byte[] probe = {1};
      Signature signing = Signature.getInstance("Ed25519");
      signing.initSign(privateKey(pair));
      signing.update(probe);
      byte[] signature = signing.sign();
      Signature verifying = Signature.getInstance("Ed25519");
      verifying.initVerify(publicKey(Arrays.copyOfRange(pair, ED25519_BYTES, pair.length)));
      verifying.update(probe);
      return verifying.verify(signature);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // What is no point of the curve belongs to no seed.
      return false;
    }
  }

  private static PrivateKey privateKey(byte[] pair) {
    byte[] der = joined(PKCS8_START, Arrays.copyOf(pair, ED25519_BYTES));
    try {
      return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no Ed25519", e);
    }
  }

  private static PublicKey publicKey(byte[] point) {
    try {
      return KeyFactory.getInstance("Ed25519")
          .generatePublic(new X509EncodedKeySpec(joined(SPKI_START, point)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a public key of Ed25519");
    }
  }

  private static byte[] joined(byte[] start, byte[] end) {
    byte[] all = Arrays.copyOf(start, start.length + end.length);
    System.arraycopy(end, 0, all, start.length, end.length);
    return all;
  }
}
