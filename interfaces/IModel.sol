// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @title A public classifier that learns one contribution at a time
/// @notice Integers only. `docs/ref-models.md` defines every number bit for bit; a Python twin of each model gives the same.
/// A model knows nothing of money: it is written to by one address, its *trainer* (the collaboration that created it), and read by anyone.
/// @dev Deployed as a minimal clone whose immutable arguments are `abi.encodePacked(address trainer, uint256 configuration)`.
interface IModel {
    /// @notice Emitted for each chunk of first words (and for the words of an added class), before and after the seal alike.
    /// @param from Number of the first word of the chunk.
    /// @param words The words, big-endian, 32 bytes each.
    event WordsUploaded(uint256 from, bytes words);

    /// @notice Emitted when the first words are complete; from here on only training (and added classes) change the model.
    /// @param wordsHash Running hash over configuration and words, see `docs/ref-models.md`.
    event Sealed(bytes32 wordsHash);

    /// @notice Emitted when a class was announced.
    /// @param class Number of the new class.
    /// @param activeAt Unix time in seconds from which it is predicted and can be contributed to.
    event ClassAdded(uint256 indexed class, uint256 activeAt);

    /// @notice Thrown when anyone but the trainer writes.
    error OnlyTrainer(address caller, address trainer);
    /// @notice Thrown when a field of the configuration is out of range, or set though this model does not use it.
    error InvalidConfiguration(uint256 configuration);
    /// @notice Thrown by uploads and seals after the seal.
    error AlreadySealed();
    /// @notice Thrown by additions of classes before the seal.
    error NotSealed();
    /// @notice Thrown when a chunk is not a whole number of 32-byte words.
    error ChunkLength(uint256 length);
    /// @notice Thrown when more words are uploaded than the configuration needs.
    error TooManyWords(uint256 uploaded, uint256 required);
    /// @notice Thrown by the seal when words are missing.
    error MissingWords(uint256 uploaded, uint256 required);
    /// @notice Thrown by the seal when a class has no samples.
    error EmptyClass(uint256 class);
    /// @notice Thrown by uploads when a nearest-centroid class's norm is not that of its sum: a false one would draw predictions.
    error WrongNorm(uint256 class);
    /// @notice Thrown by uploads when a first class would take part later: only announced classes do, after their notice.
    error FirstClassDelayed(uint256 class);
    /// @notice Thrown when a label names no class that takes part now.
    error UnknownLabel(uint256 label, uint256 classes);
    /// @notice Thrown when this model's classes are fixed.
    error ClassesFixed();

    /// @notice Appends first words.
    /// @dev Notes: any chunk size; resumable, `uploaded` says where to go on.
    /// Requirements: the caller is the trainer; not sealed; whole words; not more than required. Emits {WordsUploaded}.
    /// @param words Next words, big-endian, 32 bytes each; may be empty.
    function upload(bytes calldata words) external;

    /// @notice Ends the upload and fixes its hash.
    /// @dev Requirements: the caller is the trainer; not sealed; all words present; no class empty. Emits {Sealed}.
    /// @return wordsHash The hash over configuration and words.
    function seal() external returns (bytes32 wordsHash);

    /// @notice Learns one labelled sample.
    /// @dev Requirements: the caller is the trainer; the sample is well formed; the label is of a class that takes part.
    /// Warning: the model does not look whether it is sealed; its trainer, which sealed it, knows.
    /// @param sample Encoded features, see `docs/ref-models.md`.
    /// @param label Class number.
    /// @return taught Whether the model, before learning, was wrong about the sample or (perceptron) within its margin.
    function train(bytes calldata sample, uint256 label) external returns (bool taught);

    /// @notice Learns many labelled samples, in order: the same words, answers and refusals as of one {train} each, but a refused one does not stop the others.
    /// @dev Notes: a model may keep its words at hand meanwhile, so that each is loaded and stored once. Requirements: the caller is the trainer; as many labels as samples.
    /// @param samples Encoded features of each.
    /// @param labels Class number of each.
    /// @return outcomes Of each sample: 0 the model knew the answer, 1 it taught, the greatest number there is if it was refused and changed nothing.
    /// @return reasons Of each refused sample, in order: exactly what {train} would have thrown.
    function trainMany(
        bytes[] calldata samples,
        uint16[] calldata labels
    ) external returns (uint256[] memory outcomes, bytes[] memory reasons);

    /// @notice Announces a class. It takes part after the configured notice.
    /// @dev Requirements: the caller is the trainer; sealed; the model allows it; exactly one class of words; its count ≥ 1.
    /// Emits {WordsUploaded} and {ClassAdded}.
    /// @param words Header and lanes of the class; the header's `activeAt` is ignored and set by the contract.
    /// @return class Number of the new class.
    function addClass(bytes calldata words) external returns (uint256 class);

    /// @notice The class that the model gives a sample now. Free as a call.
    /// @dev Reverts on malformed samples as `train` does. Before the seal the answer is that of incomplete words.
    /// @param sample Encoded features.
    /// @return class Class number.
    function predict(bytes calldata sample) external view returns (uint256 class);

    /// @notice The class that the model gives each of many samples now.
    /// @return classes Class numbers; the greatest number there is for a refused sample.
    /// @return reasons Of each refused sample, in order: exactly what {predict} would have thrown.
    function predictMany(
        bytes[] calldata samples
    ) external view returns (uint256[] memory classes, bytes[] memory reasons);

    /// @notice Reverts where `train` would refuse this sample or label now.
    /// @param sample Encoded features.
    /// @param label Class number.
    function check(bytes calldata sample, uint256 label) external view;

    /// @notice The raw scores behind a prediction.
    /// @param sample Encoded features.
    /// @return values Perceptron and naive Bayes: one score a column or class. Nearest centroid: numerator and count of each class in turn.
    function scores(bytes calldata sample) external view returns (int256[] memory values);

    /// @notice Everything needed to predict offline.
    /// @return kind_ Which algorithm, with its version: selects the twin.
    /// @return configuration_ The configuration word.
    /// @return words_ All words, in order.
    function snapshot() external view returns (string memory kind_, uint256 configuration_, uint256[] memory words_);

    /// @notice Part of the words, for models too large for one call.
    /// @param from Number of the first word.
    /// @param count How many.
    function wordsAt(uint256 from, uint256 count) external view returns (uint256[] memory words_);

    /// @notice Which algorithm, with its version, such as `perceptron/1`.
    function kind() external view returns (string memory);

    /// @notice The configuration word, fixed at creation.
    function configuration() external view returns (uint256);

    /// @notice The only address that may write.
    function trainer() external view returns (address);

    /// @notice Number of classes, announced ones included.
    function classes() external view returns (uint256);

    /// @notice State of the upload.
    /// @return uploaded Words so far.
    /// @return required Words needed in all.
    /// @return isSealed Whether the upload has ended.
    /// @return wordsHash Running hash over configuration and words so far; final once sealed.
    function uploadState() external view returns (uint256 uploaded, uint256 required, bool isSealed, bytes32 wordsHash);
}
