package io.waybill.locals3;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The store's process. Reads key id, secret and buckets, a line each, prints its port, and then
 * answers questions of the parent until standard input ends, which happens when the parent goes.
 */
final class StoreMain {
  static final String DONE = "done";
  static final String FAILED = "failed ";

  private StoreMain() {}

  public static void main(String[] args) throws Exception {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    String identity = Objects.requireNonNull(questions.readLine());
    String credential = Objects.requireNonNull(questions.readLine());
    String buckets = Objects.requireNonNull(questions.readLine());
    BlobStore store = new TransientNio2BlobStore();
    for (String bucket : buckets.split(" ", -1)) {
      if (!bucket.isEmpty()) {
        store.createContainer(bucket);
      }
    }
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, identity, credential)
            .build();
    proxy.start();
    answers.println(proxy.getPort());
    String question;
    while ((question = questions.readLine()) != null) {
      answer(store, question.split(" ", 3), answers);
    }
    Runtime.getRuntime().halt(0);
  }

  private static void answer(BlobStore store, String[] question, PrintStream answers) {
    try {
      switch (question[0]) {
        case "list" -> list(store, question[1]).forEach(answers::println);
        case "read" -> answers.println(read(store, question[1], question[2]));
        default -> throw new IllegalArgumentException("no such question");
      }
      answers.println(DONE);
    } catch (IOException | RuntimeException e) {
      // The parent's question was wrong, or names what is not there; the store goes on.
      answers.println(FAILED + e.getClass().getSimpleName());
    }
  }

  private static List<String> list(BlobStore store, String bucket) {
    return store.list(bucket).contents().stream()
        .map(S3Object::key)
        .filter(key -> !key.endsWith("/"))
        .sorted()
        .map(key -> line(key, store.blobMetadata(bucket, key)))
        .toList();
  }

  private static String line(String key, HeadObjectResponse object) {
    List<String> fields = new ArrayList<>();
    fields.add(key);
    fields.add(Long.toString(object.contentLength()));
    fields.add(Objects.requireNonNullElse(object.contentType(), ""));
    fields.add(Objects.requireNonNullElse(object.storageClassAsString(), ""));
    fields.add(Objects.requireNonNullElse(object.serverSideEncryptionAsString(), ""));
    object
        .metadata()
        .forEach((name, value) -> {
          fields.add(name);
          fields.add(value);
        });
    return fields.stream().map(LocalS3::encoded).collect(Collectors.joining(" "));
  }

  private static String read(BlobStore store, String bucket, String key) throws IOException {
    try (InputStream content = store.getBlob(bucket, key)) {
      return Base64.getEncoder().encodeToString(content.readAllBytes());
    }
  }
}
