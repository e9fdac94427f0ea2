// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IModel} from "../../../interfaces/IModel.sol";

/// @title A model that plays against its collaboration
/// @notice Anyone may name any implementation at the factory, so a collaboration must keep its books whatever its model does. This one answers what it is told, and calls back while it is asked.
contract HostileModel is IModel {
    /// @notice What it answers to `predict`.
    uint256 public prediction;
    /// @notice What it answers to `train`.
    bool public taught;
    /// @notice Calls that it made from `train`.
    uint256 public attempts;
    /// @notice How many of these came through.
    uint256 public successes;
    /// @notice What the last of these gave or threw.
    bytes public answer;

    uint256[] private _answers;
    bytes[] private _reasons;
    bool private _isSealed;
    bytes private _callFromTrain;
    uint256 private _valueFromTrain;
    bytes private _callFromPredict;

    /// @notice Sets the answers.
    function answerWith(uint256 prediction_, bool taught_) external {
        (prediction, taught) = (prediction_, taught_);
    }

    /// @notice Sets the answers to `trainMany` and `predictMany`, of any length.
    function answerManyWith(uint256[] calldata answers, bytes[] calldata reasons) external {
        (_answers, _reasons) = (answers, reasons);
    }

    /// @notice Sets the next call from `train` to the collaboration, made once; the ether comes with this.
    function planFromTrain(bytes calldata call_) external payable {
        (_callFromTrain, _valueFromTrain) = (call_, msg.value);
    }

    /// @notice Sets the call from `predict`, made each time, which throws what that call throws.
    function planFromPredict(bytes calldata call_) external {
        _callFromPredict = call_;
    }

    /// @notice Makes a call to the collaboration now, to claim what it staked as an author.
    function act(bytes calldata call_) external returns (bytes memory result) {
        bool succeeded;
        // solhint-disable-next-line avoid-low-level-calls
        (succeeded, result) = trainer().call(call_);
        if (!succeeded) _throw(result);
    }

    /// @inheritdoc IModel
    function upload(bytes calldata) external {}

    /// @inheritdoc IModel
    function seal() public virtual returns (bytes32) {
        _isSealed = true;
        return bytes32(configuration());
    }

    /// @inheritdoc IModel
    function train(bytes calldata, uint256) external returns (bool) {
        _callOnce();
        return taught;
    }

    /// @inheritdoc IModel
    function trainMany(bytes[] calldata, uint16[] calldata) external returns (uint256[] memory, bytes[] memory) {
        _callOnce();
        return (_answers, _reasons);
    }

    /// @inheritdoc IModel
    function predictMany(bytes[] calldata) external view returns (uint256[] memory, bytes[] memory) {
        if (_callFromPredict.length > 0) {
            (bool succeeded, bytes memory result) = trainer().staticcall(_callFromPredict);
            if (!succeeded) _throw(result);
        }
        return (_answers, _reasons);
    }

    function _callOnce() private {
        if (_callFromTrain.length > 0) {
            (bytes memory call_, uint256 value) = (_callFromTrain, _valueFromTrain);
            delete _callFromTrain; // once, or a contribution made from here would come back here without end
            ++attempts;
            bool succeeded;
            (succeeded, answer) = trainer().call{value: value}(call_);
            if (succeeded) ++successes;
        }
    }

    /// @inheritdoc IModel
    function check(bytes calldata, uint256) external pure {}

    /// @inheritdoc IModel
    function predict(bytes calldata) external view returns (uint256) {
        if (_callFromPredict.length > 0) {
            (bool succeeded, bytes memory result) = trainer().staticcall(_callFromPredict);
            if (!succeeded) _throw(result);
        }
        return prediction;
    }

    /// @inheritdoc IModel
    function addClass(bytes calldata) external pure returns (uint256) {
        revert ClassesFixed();
    }

    /// @inheritdoc IModel
    function scores(bytes calldata) external pure returns (int256[] memory) {
        return new int256[](0);
    }

    /// @inheritdoc IModel
    function snapshot() external view returns (string memory, uint256, uint256[] memory) {
        return (kind(), configuration(), new uint256[](0));
    }

    /// @inheritdoc IModel
    function wordsAt(uint256, uint256) external pure returns (uint256[] memory) {
        return new uint256[](0);
    }

    /// @inheritdoc IModel
    function kind() public pure returns (string memory) {
        return "hostile/1";
    }

    /// @inheritdoc IModel
    function configuration() public view returns (uint256 configuration_) {
        assembly ("memory-safe") {
            extcodecopy(address(), 0x00, 65, 0x20) // behind 45 bytes of proxy and 20 of trainer
            configuration_ := mload(0x00)
        }
    }

    /// @inheritdoc IModel
    function trainer() public view returns (address trainer_) {
        assembly ("memory-safe") {
            mstore(0x00, 0)
            extcodecopy(address(), 0x0c, 45, 0x14)
            trainer_ := mload(0x00)
        }
    }

    /// @inheritdoc IModel
    function classes() external pure returns (uint256) {
        return 2;
    }

    /// @inheritdoc IModel
    function uploadState() external view virtual returns (uint256, uint256, bool, bytes32) {
        return (0, 0, _isSealed, bytes32(configuration()));
    }

    function _throw(bytes memory reason) private pure {
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}
