package io.waybill.client.plan;

import io.waybill.domain.Destination;
import io.waybill.domain.SealedField;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.SigningRules;
import io.waybill.domain.SigningSecrets;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.secrets.Sealer;
import io.waybill.secrets.Secret;
import io.waybill.wire.DestinationJson;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which keys a webhook is signed with after a wish: a file says at most what the current secret is,
 * and leaves to Waybill to make one, to keep the stored one, and to let the one before sign along.
 * A class, because a record would print a new secret.
 */
public final class SigningPlan {
  private final DestinationJson.Valid wish;
  private final Optional<NewSecret> made;

  private SigningPlan(DestinationJson.Valid wish, Optional<NewSecret> made) {
    this.wish = wish;
    this.made = made;
  }

  /** A secret that Waybill made. A class, because a record would print it. */
  public static final class NewSecret {
    private final SigningAlgorithm algorithm;
    private final String text;

    /** Makes one. */
    public NewSecret(SigningAlgorithm algorithm, SecureRandom random) {
      this.algorithm = algorithm;
      this.text = SigningSecrets.generate(algorithm, random);
    }

    /** As it is sealed. */
    public String text() {
      return text;
    }

    /** Of v1a, by which receivers verify; nobody but Waybill needs the secret then. */
    public Optional<String> publicKey() {
      return algorithm == SigningAlgorithm.V1A
          ? Optional.of(SigningSecrets.publicKeyOf(text))
          : Optional.empty();
    }

    /** What the receiver has to be given. */
    public String forReceiver() {
      return publicKey().orElse(text);
    }

    /** What {@link #forReceiver} is, in words. */
    public String inWords() {
      return algorithm == SigningAlgorithm.V1A ? "public key" : "signing secret";
    }
  }

  /** The wish with its keys, and with the values that have to be sealed for them. */
  public DestinationJson.Valid wish() {
    return wish;
  }

  /** The secret that was made, to be shown this once. */
  public Optional<NewSecret> made() {
    return made;
  }

  /**
   * Completes a wish. What is no webhook, or not signed, is left alone.
   *
   * @param existing the destination that it changes
   * @param stored its sealed credentials
   * @param sealer asked for only when a given secret is compared with the stored one
   * @throws PlanException when a secret is the mask of a read-back and none is stored, or too many
   *     secrets would be valid at a time
   */
  public static SigningPlan of(
      DestinationJson.Valid wish,
      Optional<Destination> existing,
      List<SealedField> stored,
      Supplier<Sealer> sealer,
      SecureRandom random,
      Instant now) {
    if (!(wish.spec().config() instanceof WebhookConfig config) || config.signing().isEmpty()) {
      return new SigningPlan(wish, Optional.empty());
    }
    WebhookSigning.Key wanted = config.signing().get().current();
    Duration overlap = config.signing().get().overlap();
    Optional<String> given = Optional.ofNullable(wish.credentials().get(wanted.credentialName()));
    Optional<WebhookConfig> before =
        existing
            .map(Destination::config)
            .filter(WebhookConfig.class::isInstance)
            .map(WebhookConfig.class::cast);
    Optional<WebhookSigning> signing = before.flatMap(WebhookConfig::signing);
    if (signing.isPresent() && keeps(signing.get(), wanted, given, wish, stored, sealer)) {
      if (isSamePlace(before.get(), config)) {
        return new SigningPlan(
            with(wish, config, new WebhookSigning(signing.get().keys(), overlap), Map.of()),
            Optional.empty());
      }
    }
    Optional<NewSecret> made =
        given.isPresent()
            ? Optional.empty()
            : Optional.of(new NewSecret(wanted.algorithm(), random));
    WebhookSigning.Key next =
        WebhookSigning.Key.current(
            signing.map(WebhookSigning::nextNumber).orElse(1),
            wanted.algorithm(),
            made.map(NewSecret::publicKey).orElse(wanted.publicKey()));
    // Who received at another place knows the secrets up to now, and must not forge here.
    boolean stays = before.filter(old -> isSamePlace(old, config)).isPresent();
    WebhookSigning rotated =
        signing
            .map(old -> rotated(old, next, now, stays ? overlap : Duration.ZERO))
            .orElseGet(() -> WebhookSigning.of(next));
    return new SigningPlan(
        with(
            wish,
            config,
            new WebhookSigning(rotated.keys(), overlap),
            Map.of(next.credentialName(), made.map(NewSecret::text).or(() -> given).orElseThrow())),
        made);
  }

  /**
   * The keys after a rotation.
   *
   * @throws PlanException when too many secrets would be valid at a time
   */
  public static WebhookSigning rotated(
      WebhookSigning before, WebhookSigning.Key next, Instant now, Duration overlap) {
    // Topics hold milliseconds, and what is compared later must be what was written.
    WebhookSigning rotated = before.rotatedTo(next, now.truncatedTo(ChronoUnit.MILLIS), overlap);
    if (rotated.keys().size() > SigningRules.MAX_KEYS) {
      throw new PlanException(
          "the destination was given new signing secrets "
              + (SigningRules.MAX_KEYS - 1)
              + " times already that still overlap, the next one ends at "
              + rotated
                  .keys()
                  .get(rotated.keys().size() - 1)
                  .until()
                  .map(Instant::toString)
                  .orElse("")
              + ": wait until then, or end them all now with an overlap of 0");
    }
    return rotated;
  }

  private static boolean keeps(
      WebhookSigning signing,
      WebhookSigning.Key wanted,
      Optional<String> given,
      DestinationJson.Valid wish,
      List<SealedField> stored,
      Supplier<Sealer> sealer) {
    if (signing.current().algorithm() != wanted.algorithm()) {
      return false;
    }
    return given
        .map(text -> {
          Secret secret = Secret.of(text);
          try {
            String fingerprint = sealer.get().fingerprint(wish.spec().organizationId(), secret);
            String name = signing.current().credentialName();
            return stored.stream()
                .anyMatch(
                    field -> field.name().equals(name) && field.fingerprint().equals(fingerprint));
          } finally {
            secret.destroy();
          }
        })
        .orElse(true);
  }

  /** As for every other credential: what counts as another place is said once. */
  private static boolean isSamePlace(WebhookConfig before, WebhookConfig after) {
    return before.credentialsGoTo().equals(after.credentialsGoTo());
  }

  /**
   * The wish with these keys; a key whose secret is not among the new ones keeps what is stored.
   */
  private static DestinationJson.Valid with(
      DestinationJson.Valid wish,
      WebhookConfig config,
      WebhookSigning signing,
      Map<String, String> secrets) {
    Map<String, String> credentials = new HashMap<>(wish.credentials());
    config.signing().ifPresent(old -> credentials.remove(old.current().credentialName()));
    signing.credentialNames().forEach(name -> credentials.put(name, DestinationPlan.MASK));
    credentials.putAll(secrets);
    DestinationJson.Spec spec = wish.spec();
    return new DestinationJson.Valid(
        new DestinationJson.Spec(
            spec.organizationId(),
            spec.label(),
            spec.description(),
            spec.isDefault(),
            config.withSigning(Optional.of(signing)),
            spec.fallback()),
        credentials,
        wish.warnings());
  }
}
